#pragma once
#include <linux/socket.h>
#include <net/inet_sock.h>
