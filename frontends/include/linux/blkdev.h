#pragma once
#include <linux/blk_types.h>
#include <linux/genhd.h>
#include <linux/minmax.h>
#define rq_data_dir(rq) ((rq)->cmd_flags & 1)
