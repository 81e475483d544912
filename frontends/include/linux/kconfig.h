/* The setting of a configuration option as an expression: IS_ENABLED(CONFIG_X) is 1 for y and m, else 0. An
 * option that is set is a macro 1; only then does concatenation give the name of another macro, which shifts
 * the 1 into second place. */
#pragma once
#define __BCC_SHIFT_1 0,
#define __BCC_SECOND(a, b, ...) b
#define __BCC_IS_SET(x) __BCC_IS_SET_(x)
#define __BCC_IS_SET_(x) __BCC_IS_SET__(__BCC_SHIFT_##x)
#define __BCC_IS_SET__(shift) __BCC_SECOND(shift 1, 0)
#define IS_BUILTIN(option) __BCC_IS_SET(option)
#define IS_MODULE(option) __BCC_IS_SET(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || __BCC_IS_SET(option##_MODULE))
