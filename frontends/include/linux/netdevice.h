#pragma once
#include <linux/if.h>
#include <linux/socket.h>
#include <linux/skbuff.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
