// SPDX-License-Identifier: Apache-2.0
// Calls a function and collects garbage until it is stopped.
function bcc_called(n) { return new Array(n).fill({}).length; }
setInterval(() => { bcc_called(1000); gc(); }, 20);
