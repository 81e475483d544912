/* As in the kernel's own ptrace.h. */
#pragma once
#include <linux/sched.h>
