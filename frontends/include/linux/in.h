#pragma once
#include <linux/socket.h>
