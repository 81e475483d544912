/* SPDX-License-Identifier: Apache-2.0 */
/* Which dialect a text is in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/array.h"
#include "common/dialect.h"

static void test_libbpf(void **state)
{
	static const char *const texts[] = {
		"#include \"vmlinux.h\"\n",
		"  #  include <bpf/bpf_helpers.h>\nint x;",
		"/* a */ // b\n#include <vmlinux.h>",
		"#include \"mine.h\"\nstruct { __uint(type, 1); } m SEC(\".maps\");",
		"# define SEC(x) __attribute__((section(x)))\nchar l[] SEC( \"license\" ) = \"GPL\";",
		"#include <linux/bpf.h> // don't\n#include <bpf/bpf_tracing.h>\n",
		"#define BPF_HASH_SIZE 5\n#include <vmlinux.h>\nint BPF_HASH;",
		"#include <vmlinux.h>\n/* BPF_HASH(x) */ const char *s = \"BPF_HASH(y)\";",
		"#include <linux/bpf.h>\n#include \"bpf_core_read.h\"\n",
		"#include <bpf_tracing.h>\n",
		"#include <bpf/vmlinux.h>\n",
		"#include \"vmlinuxcifs.h\"\n",
		"#include \"../headers/vmlinux_x86.h\"\n",
		"#include \"../../libbpf/src/bpf_helpers.h\"\n",
		"#include <vmlinux.h>\n#define BPF_HASH(name, key) struct {} name SEC(\".maps\")\nBPF_HASH(a, int);",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!bcc_dialect_is_libbpf(texts[i]))
			fail_msg("libbpf's: %s", texts[i]);
}

static void test_bcc(void **state)
{
	static const char *const texts[] = {
		"",
		"BPF_HASH(counts);\n",
		"struct { __uint(type, 1); } m SEC(\".maps\");",
		"#include <linux/sched.h>\nchar l[] SEC(\"license\") = \"GPL\";",
		"#include <uapi/linux/ptrace.h>\nint kprobe__f(struct pt_regs *ctx) { return 0; }",
		"#include <vmlinux.h>\nBPF_HASH(counts);\n",
		"#include \"vmlinux.h\"\n#define BPF_ARRAY(name) int name[4]\nBPF_ARRAY(a);\nBPF_HASH(counts);\n",
		"#define BPF_HASH(name) int name\nBPF_HASH(a);",
		"struct { __uint(type, 1); } m SEC(\".maps\");\nBPF_PERF_OUTPUT(events);",
		"TRACEPOINT_PROBE(sched, sched_switch) { return 0; }\nchar l[] SEC(\"license\") = \"GPL\";",
		"SEC(\"tp/a/b\") int f(void *ctx) { return 0; }",
		"// #include \"vmlinux.h\"\n/* SEC(\".maps\") */ const char *s = \"SEC(\\\".maps\\\")\";",
		"/* never closed #include <vmlinux.h>\n",
		"\"never closed\n'",
		"#include <linux/my_vmlinux.h>\n",
		"#include \"vmlinux.hpp\"\n#include <linux/bpf_helpers.hpp>\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (bcc_dialect_is_libbpf(texts[i]))
			fail_msg("BCC's: %s", texts[i]);
}

/* Each macro that makes a table or a program in BCC's dialect says that a text is in it, whatever it
 * includes; BPF_PROG() is in both. */
static void test_macros(void **state)
{
	static const char *const headers[] = {
		"core.h", "language.h", "probes.h", "tables.h", "table_kinds.h"};
	char path[512], *line = NULL, name[64], text[256];
	size_t room = 0, count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/../../../frontends/include/bcc/%s", TEST_DATA, headers[i]);
		f = fopen(path, "re");
		assert_non_null(f);
		while (getline(&line, &room, f) > 0) {
			if (sscanf(line, "#define %63[A-Z0-9_](", name) != 1 ||
				line[strlen("#define ") + strlen(name)] != '(' || !strcmp(name, "BPF_PROG"))
				continue;
			if (strncmp(name, "BPF_", 4) && !strstr(name, "_PROBE") && !strstr(name, "KMOD_RET"))
				continue;
			count++;
			snprintf(text, sizeof(text), "#include <vmlinux.h>\n%s(x)\n", name);
			if (bcc_dialect_is_libbpf(text))
				fail_msg("%s is not known to be BCC's", name);
		}
		fclose(f);
	}
	free(line);
	assert_true(count > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_libbpf),
		cmocka_unit_test(test_bcc),
		cmocka_unit_test(test_macros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
