# SPDX-License-Identifier: Apache-2.0
# Calls a function and collects garbage until it is stopped.
import gc
import time


def bcc_called(n):
    return len([object() for _ in range(n)])


while True:
    bcc_called(1000)
    gc.collect()
    time.sleep(0.02)
