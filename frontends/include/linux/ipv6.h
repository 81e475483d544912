#pragma once
#include <linux/in6.h>
