# SPDX-License-Identifier: Apache-2.0
# Calls a procedure until it is stopped.
proc bcc_called {n} { return [llength [lrepeat $n x]] }
while 1 { bcc_called 1000; after 20 }
