/* SPDX-License-Identifier: Apache-2.0 */
/* A library of known functions, to be loaded while the program runs. */

#define noinline __attribute__((noinline, noclone))

static volatile int sink;

void target_say_library(void (*say)(const char *name, const void *address));

noinline int library_exported(int x);
noinline int library_exported(int x)
{
	return sink += x;
}

static noinline int library_static(int x)
{
	return sink -= x;
}

int library_calls(int x);
int library_calls(int x)
{
	return library_static(x) + library_exported(x);
}

void target_say_library(void (*say)(const char *name, const void *address))
{
	say("library_exported", (const void *)library_exported);
	say("library_static", (const void *)library_static);
}
