/* Macros that programs use and BTF does not have; the types come from BTF. */
#pragma once
#include <asm/page.h>
#include <linux/minmax.h>
#ifndef TASK_COMM_LEN
#define TASK_COMM_LEN 16
#endif
/* states: include/linux/sched.h of the kernel */
#define TASK_RUNNING 0x00000000
#define TASK_INTERRUPTIBLE 0x00000001
#define TASK_UNINTERRUPTIBLE 0x00000002
#define __TASK_STOPPED 0x00000004
#define __TASK_TRACED 0x00000008
/* flags of task_struct.flags */
#define PF_IDLE 0x00000002
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
