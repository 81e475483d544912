#pragma once
#include <linux/if.h>
#include <linux/socket.h>
#include <linux/skbuff.h>
