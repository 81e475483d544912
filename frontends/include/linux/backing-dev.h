#pragma once
#include <linux/blkdev.h>
