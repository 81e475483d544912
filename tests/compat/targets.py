#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Processes for tools to watch: targets.py NAME.
import ctypes
import sys
import time

libc = ctypes.CDLL(None)


def leak():
    """takes memory and never gives it back"""
    libc.malloc.restype = ctypes.c_void_p
    while True:
        libc.malloc(ctypes.c_size_t(12345))
        time.sleep(0.02)


def deadlock():
    """takes two mutexes in one order, then in the other"""
    size = 64
    a, b = ctypes.create_string_buffer(size), ctypes.create_string_buffer(size)
    libc.pthread_mutex_init(a, None)
    libc.pthread_mutex_init(b, None)
    while True:
        for first, second in ((a, b), (b, a)):
            libc.pthread_mutex_lock(first)
            libc.pthread_mutex_lock(second)
            libc.pthread_mutex_unlock(second)
            libc.pthread_mutex_unlock(first)
        time.sleep(0.05)


globals()[sys.argv[1]]()
