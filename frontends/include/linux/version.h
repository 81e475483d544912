/* LINUX_VERSION_CODE comes from the compiler's flags, KERNEL_VERSION with the language. */
#pragma once
