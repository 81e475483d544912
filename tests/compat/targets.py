#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Processes for tools to watch: targets.py NAME.
import ctypes
import sys
import threading
import time

libc = ctypes.CDLL(None)


def leak():
    """takes memory and never gives it back"""
    libc.malloc.restype = ctypes.c_void_p
    while True:
        libc.malloc(ctypes.c_size_t(12345))
        time.sleep(0.02)


def deadlock():
    """threads that take two mutexes, each in its own order"""
    size = 64
    a, b = ctypes.create_string_buffer(size), ctypes.create_string_buffer(size)
    libc.pthread_mutex_init(a, None)
    libc.pthread_mutex_init(b, None)

    def take(first, second):
        libc.pthread_mutex_lock(first)
        libc.pthread_mutex_lock(second)
        libc.pthread_mutex_unlock(second)
        libc.pthread_mutex_unlock(first)

    while True:
        for order in ((a, b), (b, a)):
            # a new thread each time: the tool does not see a mutex being released, and only records a
            # thread's first order
            thread = threading.Thread(target=take, args=order)
            thread.start()
            thread.join()
        time.sleep(0.05)


globals()[sys.argv[1]]()
