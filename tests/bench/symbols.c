/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long it takes to find names for addresses: in the kernel, and in a process that maps 200 MB of
 * libraries (LLVM's and clang's, or those given as arguments). Prints the results and their limits; returns 1
 * if one is exceeded.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bcc/symbols.h>

#define LOOKUPS 1000000
#define ROUNDS 5

static int missed;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void report(const char *what, double value, const char *unit, double limit, bool at_most)
{
	bool kept = at_most ? value <= limit : value >= limit;

	printf("%-58s %10.2f %-4s (%s %.2f)%s\n", what, value, unit, at_most ? "at most" : "at least", limit,
		kept ? "" : "  MISSED");
	missed += !kept;
}

static long kb_of(const char *field)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	long kb = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, field, strlen(field)))
			kb = strtol(line + strlen(field), NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

static double read_kallsyms(void)
{
	double start = now();
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	char buffer[65536];

	while (fd >= 0 && read(fd, buffer, sizeof(buffer)) > 0)
		;
	close(fd);
	return now() - start;
}

static double load_kernel(void)
{
	struct bcc_symbols *s;
	struct bcc_symbol_info info;
	double start = now();

	bcc_symbols_open_kernel(NULL, &s);
	bcc_symbols_resolve(s, 1, &info);
	start = now() - start;
	bcc_symbols_close(s);
	return start;
}

/* Pseudo-random addresses within `size` bytes from `start`. */
static uint64_t spread(uint64_t start, uint64_t size, unsigned i)
{
	return start + (i * 0x9e3779b97f4a7c15ULL >> 20) % size;
}

static double per_second(struct bcc_symbols *s, uint64_t start, uint64_t size, unsigned *named)
{
	struct bcc_symbol_info info;
	double begin = now();

	*named = 0;
	for (unsigned i = 0; i < LOOKUPS; i++)
		*named += !bcc_symbols_resolve(s, spread(start, size, i), &info);
	return LOOKUPS / (now() - begin);
}

static void bench_kernel(void)
{
	struct bcc_symbols *s;
	uint64_t start = 0, end = 0;
	double reading = 1e9, loading = 1e9;
	unsigned named;
	long before;

	/* the best of several rounds that alternate */
	for (int i = 0; i < ROUNDS; i++) {
		double r = read_kallsyms(), l = load_kernel();

		reading = r < reading ? r : reading;
		loading = l < loading ? l : loading;
	}
	printf("reading /proc/kallsyms: %.1f ms, loading the kernel's symbols: %.1f ms\n", reading * 1e3,
		loading * 1e3);
	report("kernel: loading / reading", loading / reading, "", 1.3, true);
	before = kb_of("RssAnon:");
	bcc_symbols_open_kernel(NULL, &s);
	if (bcc_symbols_find(s, "kernel", "_stext", &start) ||
		bcc_symbols_find(s, "kernel", "_etext", &end)) {
		printf("kernel: %s\n", bcc_symbols_error(s));
	} else {
		report("kernel: lookups", per_second(s, start, end - start, &named) * 1e-6, "M/s", 1, false);
		printf("%u of %u addresses of its code have a name\n", named, LOOKUPS);
	}
	printf("kernel: %.1f MB of memory\n", (double)(kb_of("RssAnon:") - before) / 1024);
	bcc_symbols_close(s);
}

/* The code of the largest loaded library. */
struct code {
	uint64_t start, size, all;
};

static int look(struct dl_phdr_info *library, size_t size, void *ctx)
{
	struct code *code = ctx;
	struct stat st;

	if (!stat(library->dlpi_name, &st))
		code->all += st.st_size;
	for (int i = 0; i < library->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &library->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && p->p_flags & PF_X && p->p_memsz > code->size) {
			code->start = library->dlpi_addr + p->p_vaddr;
			code->size = p->p_memsz;
		}
	}
	return 0;
}

static void bench_process(void)
{
	struct bcc_symbol_info info;
	struct code code = {0};
	struct bcc_symbols *s;
	long before = kb_of("RssAnon:");
	double start;
	unsigned named;

	dl_iterate_phdr(look, &code);
	printf("this process maps %.0f MB of libraries\n", (double)code.all / 1e6);
	start = now();
	if (bcc_symbols_open_process(getpid(), NULL, &s)) {
		printf("process: %s\n", bcc_symbols_error(s));
		exit(2);
	}
	for (unsigned i = 0; bcc_symbols_resolve(s, spread(code.start, code.size, i), &info) && i < 1000; i++)
		;
	report("process: first answer, in the largest library", (now() - start) * 1e3, "ms", 100, true);
	printf("it was %s\n", info.name ? info.name : "none");
	per_second(s, code.start, code.size, &named); /* each name is demangled once */
	report("process: lookups", per_second(s, code.start, code.size, &named) * 1e-6, "M/s", 1, false);
	printf("%u of %u addresses of its code have a name\n", named, LOOKUPS);
	report("process: lookups of what is no address", per_second(s, 4096, 1 << 20, &named) * 1e-6, "M/s",
		1, false);
	bcc_symbols_close(s);
	start = now();
	bcc_symbols_open_process(
		getpid(), &BCC_OPTS(struct bcc_symbols_opts, .eager = true, .no_demangle = true), &s);
	printf("process: reading all its libraries: %.1f ms\n", (now() - start) * 1e3);
	bcc_symbols_resolve(s, code.start + code.size / 2, &info);
	report("process: memory with all its libraries read", (double)(kb_of("RssAnon:") - before) / 1024,
		"MB", 40, true);
	bcc_symbols_close(s);
}

int main(int argc, char **argv)
{
	static const char *const usual[] = {"libLLVM.so.19.1", "libLLVM-19.so.1", "libclang-cpp.so.19.1"};

	for (int i = 1; i < argc; i++)
		if (!dlopen(argv[i], RTLD_LAZY))
			printf("%s\n", dlerror());
	for (size_t i = 0; argc == 1 && i < sizeof(usual) / sizeof(*usual); i++)
		dlopen(usual[i], RTLD_LAZY);
	bench_kernel();
	bench_process();
	return missed > 0;
}
