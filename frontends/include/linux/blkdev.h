#pragma once
#include <linux/blk_types.h>
#include <linux/fs.h>
#include <linux/genhd.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#define rq_data_dir(rq) ((rq)->cmd_flags & 1)
