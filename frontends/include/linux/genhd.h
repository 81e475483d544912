/* include/linux/blkdev.h (genhd.h before 5.18) of the kernel */
#pragma once
#define DISK_NAME_LEN 32
