#pragma once
#include <asm/page.h>
