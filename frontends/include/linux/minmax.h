#pragma once
#ifndef min
#define min(x, y)                                                                                                    \
	({                                                                                                           \
		__typeof__(x) __bcc_x = (x);                                                                         \
		__typeof__(y) __bcc_y = (y);                                                                         \
		__bcc_x < __bcc_y ? __bcc_x : __bcc_y;                                                               \
	})
#define max(x, y)                                                                                                    \
	({                                                                                                           \
		__typeof__(x) __bcc_x = (x);                                                                         \
		__typeof__(y) __bcc_y = (y);                                                                         \
		__bcc_x > __bcc_y ? __bcc_x : __bcc_y;                                                               \
	})
#endif
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
