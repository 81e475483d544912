#pragma once
#include <linux/tcp.h>
