# SPDX-License-Identifier: Apache-2.0
# Calls a method, makes objects and collects garbage until it is stopped.
def bcc_called(n)
  Array.new(n) { Object.new }.length
end
loop { bcc_called(1000); GC.start; sleep 0.02 }
