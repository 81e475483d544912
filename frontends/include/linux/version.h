#pragma once

#include "../bcc/kernel_version.h"
