# SPDX-License-Identifier: Apache-2.0
# Calls a function until it is stopped.
sub bcc_called { return scalar(my @all = (1) x $_[0]); }
while (1) { bcc_called(1000); select(undef, undef, undef, 0.02); }
