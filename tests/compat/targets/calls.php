<?php
// SPDX-License-Identifier: Apache-2.0
// Calls a function and collects garbage until it is stopped.
function bcc_called($n) { return count(array_fill(0, $n, new stdClass)); }
while (true) { bcc_called(1000); gc_collect_cycles(); usleep(20000); }
