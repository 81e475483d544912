#pragma once
#include <asm/page.h>
#include <linux/sched.h>
