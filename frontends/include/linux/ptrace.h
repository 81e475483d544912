/* The kernel's own brings this. */
#pragma once
#include <linux/sched.h>
