/* What network programs include first: byte order and address families. */
#pragma once
#include <linux/socket.h>
