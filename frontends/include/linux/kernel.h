#pragma once
#include <linux/minmax.h>
#include <linux/limits.h>
