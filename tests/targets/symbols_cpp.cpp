// SPDX-License-Identifier: Apache-2.0
// A program of functions with C++ names.
#include "symbols.h"

#define noinline __attribute__((noinline, noclone))

static volatile int sink;

namespace target
{
struct shape {
	int sides;
	noinline int area(int x) const
	{
		sink = x;
		return sink * sides;
	}
	noinline bool operator==(const shape &other) const
	{
		return sink + sides == other.sides;
	}
};

template <typename T, int N> noinline T times(T x)
{
	sink = N;
	return x * sink;
}

namespace
{
noinline int hidden(unsigned long x, const char *)
{
	return sink += static_cast<int>(x);
}
} // namespace
} // namespace target

// The address of a member function is that of its code, which only GCC's extension gives.
#pragma GCC diagnostic ignored "-Wpmf-conversions"

static void say(const char *name, const void *address)
{
	target_say(name, address);
}

static void target_say_own(void)
{
	target::shape square = {4};

	say("target::shape::area(int)_const", reinterpret_cast<const void *>((int (*)(const target::shape *,
						      int))(square.*(&target::shape::area))));
	say("target::shape::operator==(target::shape_const&)_const",
		reinterpret_cast<const void *>((bool (*)(const target::shape *, const target::shape &))(
			square.*(&target::shape::operator==))));
	say("long_target::times<long,_3>(long)", reinterpret_cast<const void *>(&target::times<long, 3>));
	say("target::(anonymous_namespace)::hidden(unsigned_long,_char_const*)",
		reinterpret_cast<const void *>(&target::hidden));
}

static int target_call(void)
{
	return target::hidden(1, "");
}

int main()
{
	return target_run();
}
