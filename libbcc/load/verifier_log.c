/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifier prints a source line as "; TEXT" before the instruction it belongs to, "12: (85) call …".
 */
#include "verifier_log.h"

#include <bpf/btf.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/array.h"

#define LOG_SIZE (16 * 1024 * 1024 - 1) /* kernels before 5.2 reject larger buffers */
#define LOG_SIZE_LEAST (64 * 1024)

/* From 6.4 on the kernel keeps the end of a log that is too long, and the last line is always the number of
 * instructions processed. */
static bool has_end(const char *log)
{
	const char *last = NULL, *next = log;

	while ((next = strstr(next, "\nprocessed ")))
		last = next++;
	return last && strchr(last + 1, '\n') && !strstr(last, "\n; ");
}

static void drop_first_line(char *log)
{
	const char *second = strchr(log, '\n');

	if (second)
		memmove(log, second + 1, strlen(second + 1) + 1);
}

int bcc_load_with_log(int (*load)(void *ctx, char *log, size_t size), void *ctx, char **log)
{
	size_t size = LOG_SIZE;
	char *buffer = malloc(size), *smaller;
	int fd;

	/* pages that are not written to take no memory, and loading again with a larger buffer takes time */
	if (!buffer)
		buffer = malloc(size = LOG_SIZE_LEAST);
	free(*log);
	*log = buffer;
	if (!buffer)
		return -ENOMEM;
	buffer[0] = '\0';
	fd = load(ctx, buffer, size);
	buffer[size - 1] = '\0';
	if (fd == -ENOSPC && has_end(buffer))
		drop_first_line(buffer); /* it lacks its beginning */
	else if (fd == -ENOSPC)
		buffer[0] = '\0';
	smaller = realloc(buffer, strlen(buffer) + 1);
	if (smaller)
		*log = smaller;
	return fd;
}

/* The last line record at or before instruction `insn`. */
static bool find_line(const struct bcc_program *p, unsigned long insn, struct bpf_line_info *out)
{
	bool found = false;

	for (size_t i = 0; i < p->line_info_count; i++) {
		struct bpf_line_info line;

		memcpy(&line, (const char *)p->line_info + i * p->line_info_rec_size, sizeof(line));
		if (line.insn_off > insn)
			break;
		*out = line;
		found = true;
	}
	return found;
}

static void write_place(FILE *out, const struct bcc_program *p, const char *next_line)
{
	struct bpf_line_info line;
	const char *file;
	unsigned long insn;
	char *end;

	if (!isdigit((unsigned char)*next_line))
		return;
	insn = strtoul(next_line, &end, 10);
	if (*end != ':' || !find_line(p, insn, &line))
		return;
	file = btf__str_by_offset(p->owner->btf, line.file_name_off);
	if (file)
		fprintf(out, " @ %s:%u", basename(file), BPF_LINE_INFO_LINE_NUM(line.line_col));
}

static bool has_place(const char *line, size_t length)
{
	/* " @ FILE:NUMBER" at the end */
	size_t digits = 0;

	while (digits < length && isdigit((unsigned char)line[length - 1 - digits]))
		digits++;
	return digits && digits < length && line[length - 1 - digits] == ':' &&
	       memmem(line, length, " @ ", 3);
}

char *bcc_verifier_log_with_places(const struct bcc_program *p, const char *log)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	while (*log) {
		size_t length = strcspn(log, "\n");
		const char *next = log + length + (log[length] == '\n');

		fwrite(log, 1, length, out);
		if (p->owner->btf && length > 2 && log[0] == ';' && log[1] == ' ' && !has_place(log, length))
			write_place(out, p, next);
		if (log[length] == '\n')
			fputc('\n', out);
		log = next;
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

bool bcc_verifier_gave_up(const char *log)
{
	return bcc_verifier_ran_out(log) || (log && strstr(log, "jumps is too complex"));
}

bool bcc_verifier_ran_out(const char *log)
{
	return log && strstr(log, "BPF program is too large");
}

/* ---- what the verifier says last ---- */

/* Lines of the log that are about an instruction, a state or a count. */
static bool verifier_log_is_narration(const char *line, size_t length)
{
	static const char *const beginnings[] = {";", " ", "processed ", "from ", "verification time ",
		"stack depth ", "arg#", "mark_precise", "regs=", "parent ", "func#", "max_states", "last_idx",
		"first_idx", "Func#", "Validating ", "old state", "cur state"};

	if (!length || isdigit((unsigned char)*line))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (!strncmp(line, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

/* "12: (63) *(u32 *)(r1 +0) = r2" */
static bool verifier_log_is_instruction(const char *line, unsigned long *insn)
{
	char *end;

	if (!isdigit((unsigned char)*line))
		return false;
	*insn = strtoul(line, &end, 10);
	return !strncmp(end, ": (", 3);
}

static bool verifier_log_is_store(const char *line)
{
	const char *what = strstr(line, ") ");

	return what && !strncmp(what + 2, "*(", 2);
}

/* The last line that says something, and the last instruction before it (NULL: none). */
static const char *verifier_log_last_words(const char *log, const char **instruction, unsigned long *insn)
{
	const char *words = NULL, *current = NULL;
	unsigned long number = 0;

	*instruction = NULL;
	for (const char *line = log; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (verifier_log_is_instruction(line, &number)) {
			current = line;
		} else if (!verifier_log_is_narration(line, strcspn(line, "\n"))) {
			words = line;
			*instruction = current;
			*insn = current ? strtoul(current, NULL, 10) : 0;
		}
	}
	return words;
}

const char *bcc_program_place(const struct bcc_program *p, unsigned long insn, char *buf, size_t size)
{
	struct bpf_line_info line;
	const char *file;

	buf[0] = '\0';
	if (!p->owner->btf || !find_line(p, insn, &line))
		return buf;
	file = btf__str_by_offset(p->owner->btf, line.file_name_off);
	if (file)
		snprintf(buf, size, "%s:%u", basename(file), BPF_LINE_INFO_LINE_NUM(line.line_col));
	return buf;
}

static char *verifier_log_source(const struct bcc_program *p, unsigned long insn)
{
	struct bpf_line_info line;
	const char *source = NULL;
	size_t length;

	if (p->owner->btf && find_line(p, insn, &line))
		source = btf__str_by_offset(p->owner->btf, line.line_off);
	if (!source)
		return NULL;
	source += strspn(source, " \t");
	length = strlen(source);
	while (length && isspace((unsigned char)source[length - 1]))
		length--;
	return length ? strndup(source, length) : NULL;
}

/* The verifier saw a call that stands for what is not in this kernel; NULL: it is about something else. */
static char *verifier_log_missing(const struct bcc_program *p, const char *words, unsigned long insn)
{
	char *sentence;

	for (size_t i = 0; i < p->missing_count; i++)
		if ((strstr(words, "unknown#195896080") || strstr(words, "unknown#195896082") ||
			    strstr(words, "unknown#195896083")) &&
			p->missing[i].insn == insn && p->missing[i].name &&
			asprintf(&sentence, "this kernel has no %s%s", p->missing[i].name,
				strstr(words, "unknown#195896083") ? " in /proc/kallsyms" : "") >= 0)
			return sentence;
	return NULL;
}

void bcc_verifier_reason(const struct bcc_program *p, const char *log, struct bcc_verifier_reason *reason)
{
	const char *instruction;
	unsigned long insn = 0;
	const char *words = verifier_log_last_words(log, &instruction, &insn);

	*reason = (struct bcc_verifier_reason){0};
	if (!words)
		return;
	reason->sentence = verifier_log_missing(p, words, insn);
	if (!reason->sentence)
		reason->sentence = strndup(words, strcspn(words, "\n"));
	bcc_program_place(p, insn, reason->place, sizeof(reason->place));
	reason->source = verifier_log_source(p, insn);
}

void bcc_verifier_reason_free(struct bcc_verifier_reason *reason)
{
	free(reason->sentence);
	free(reason->source);
	*reason = (struct bcc_verifier_reason){0};
}

/* "invalid read from stack R4 off=-4 size=64", "… R10 off=0 size=1": variables lie below offset 0. */
static bool verifier_log_past_stack(const char *log)
{
	const char *at = strstr(log, "from stack R");
	long offset, size;

	if (!at)
		at = strstr(log, "to stack R");
	if (!at)
		at = strstr(log, "invalid stack type R");
	at = at ? strstr(at, "off=") : NULL;
	return at && sscanf(at, "off=%ld size=%ld", &offset, &size) == 2 && offset + size > 0;
}

static const char override_return[] =
	" It takes a kernel with CONFIG_BPF_KPROBE_OVERRIDE, which few distributions build, and a kprobe. Programs of "
	"LSM hooks (LSM_PROBE) and KMOD_RET can return an error without it.";

static const char send_signal[] =
	" It is for kprobes, uprobes, tracepoints and perf events (bpf_send_signal() since Linux 5.3, "
	"bpf_send_signal_thread() since 5.6), as it concerns the task that runs.";

static const char sleeping[] =
	" Only some LSM hooks may wait (file_open may, capable may not), and of other functions those that allow error "
	"injection and system calls: take the section without .s, or another hook.";

const char *bcc_verifier_hint(const char *log)
{
	static const struct {
		const char *said, *hint;
	} hints[] = {
		{"type=map_value_or_null expected=",
			" A table's lookup can find nothing: compare its result with NULL before you pass it on."},
		{"type=mem_or_null expected=",
			" Reserving in a ring buffer can fail: compare the result with NULL before you pass it on."},
		{"type=ringbuf_mem_or_null expected=",
			" Reserving in a ring buffer can fail: compare the result with NULL before you pass it on."},
		{"expected=ctx", " The context, as the program got it in its first argument, belongs there."},
		{"type=scalar expected=",
			" A value is passed where a pointer belongs: put it into a variable and pass that one's address with &."},
		{"type=inv expected=",
			" A value is passed where a pointer belongs: put it into a variable and pass that one's address with &."},
		{"type=ctx expected=",
			" The context is passed where other memory belongs: the order of the arguments may be wrong."},
		{"invalid size of register spill",
			" A pointer is used as a number: an & is too many, or a * is missing."},
		{"doesn't return scalar", " A program returns int."},
		{"R0 !read_ok",
			" It can end without a value, but a program returns int: a path has no return, or what leads there is undefined (a division by 0, a variable that was never set)."},
		{"!read_ok", " A variable is used that was never set on some path."},
		{"R0 leaks addr as return value", " A program returns a number, not a pointer."},
		{"invalid access to map value",
			" An index or size is past the end of a value: compare it with the size before."},
		{"invalid write to stack",
			" An index is past the end of an array on the stack: compare it with the size before."},
		{"variable-offset",
			" An index into an array on the stack has no limit that the verifier sees: compare it with the size, or mask it, before."},
		{"invalid stack",
			" An index or size is past the end of an array on the stack: compare it with the size before."},
		{"attempt to corrupt spilled pointer",
			" An index is past the end of an array on the stack: compare it with the size before."},
		{"only read is supported", " The kernel's memory can be read, not written."},
		{"cannot write into", " That memory can be read, not written."},
		{"write into map forbidden", " That table can be read, not written."},
		{"invalid bpf_context access",
			" The context has nothing there for this type of program: a tracepoint's struct has another form than the event, or the function's first argument has the wrong type."},
		{"dereference of modified ctx ptr",
			" The context can be read at constant places only: copy it into a variable before you index it."},
		{"helper call might sleep",
			" That helper may wait: the program must be one that can sleep (fentry.s, lsm.s, iter.s, uprobe.s)."},
		{"math between",
			" A pointer of this kind cannot be moved by a number that is not known: index an array in a table or on the stack instead."},
		{"pointer arithmetic", " Pointers of this kind cannot be computed with."},
		{"last insn is not an exit or jmp",
			" It falls off its end: a path has no return, or what leads there is undefined."},
		{"unreachable insn", " There is code that nothing leads to."},
		{"jump out of range",
			" It falls off its end: a path has no return, or what leads there is undefined."},
		{"too complex", " It is too complex: shorten loops, or split it."},
		{"caller passes invalid args",
			" A function that is not static gets a pointer that the verifier does not know there: make it static."},
		{"R1 type=fp expected=",
			" A variable's address is passed where something else belongs: an & may be too many."},
		{"program must be sleepable",
			" Attach it to what may wait (fentry.s, lsm.s, iter.s, uprobe.s)."},
		{"invalid mem access 'alloc_mem_or_null'",
			" Reserving in a ring buffer can fail: compare the result with NULL before you use it."},
		{"invalid mem access 'ringbuf_mem_or_null'",
			" Reserving in a ring buffer can fail: compare the result with NULL before you use it."},
		{"invalid mem access 'map_value_or_null'",
			" A lookup returns NULL when the key is not in the table: compare its result with NULL before you use it."},
		{"invalid mem access 'mem_or_null'",
			" Reserving in a ring buffer can fail: compare the result with NULL before you use it."},
		{"invalid mem access 'scalar'",
			" A number is used as a pointer: read kernel memory with bpf_probe_read_kernel()."},
		{"invalid mem access 'inv'",
			" A number is used as a pointer: read kernel memory with bpf_probe_read_kernel()."},
		{"invalid access to packet",
			" Compare each address with the packet's end before you read there."},
		{"invalid indirect read from stack",
			" A variable, or the padding in a struct, was never written: initialise it with = {} or "
			"__builtin_memset()."},
		{"invalid read from stack",
			" A variable, or the padding in a struct, was never written: initialise it with "
			"= {} or __builtin_memset()."},
		{"unbounded memory access",
			" The verifier knows no upper limit of an index or size: compare or mask it first."},
		{"value is outside of the allowed memory range",
			" An index may be past the end: compare it with the size first."},
		{"min value is negative",
			" A size or index may be negative: make it unsigned or compare it with 0 first."},
		{"unknown#195896080", /* object/missing.h */
			" Ask before with bpf_core_field_exists(), or bpf_core_enum_value_exists()."},
		{"unknown#195896082", " Declare it __weak, and ask before with bpf_ksym_exists()."},
		{"unknown#195896083",
			" The addresses of variables are there if the kernel is built with CONFIG_KALLSYMS_ALL."},
		{"unknown#195896081", /* frontends/clang/portable.cpp */
			" A field that is read here has another size in this kernel than in the one that the object was compiled on."},
		{"cannot use helper bpf_override_return", override_return},
		{"unknown func bpf_override_return", override_return},
		{"cannot use helper bpf_send_signal", send_signal},
		{"unknown func bpf_send_signal", send_signal},
		{" is not sleepable", sleeping},
		{"programs can be sleepable",
			" What this program is attached to cannot wait: take the section without .s."},
		{"is not modifiable",
			" A function's return value can only be changed if it allows error injection or is a security_ function."},
		{"cannot use helper",
			" This kernel does not have that helper, or not for this type of program."},
		{"unknown func", " This kernel does not have that helper, or not for this type of program."},
		{"cannot call GPL-restricted function from non-GPL",
			" The helper is for GPL-compatible programs only: see the license that the text declares."},
		{"back-edge", " Before kernel 5.3 loops must be unrolled: #pragma unroll."},
		{"_or_null'", " What a helper returned can be NULL: compare it before you use it."},
		{"infinite loop detected", " A loop must have an end that the verifier can see."},
		{"BPF program is too large",
			" It is too complex: shorten loops, each of which needs an end that the verifier can see, or split it."},
		{"combined stack size",
			" All functions on a path share 512 bytes of stack: keep large structs in a per-CPU array."},
		{"Unreleased reference",
			" What was reserved or acquired must be submitted, discarded or released on every path."},
	};

	static const char write[] =
		" The kernel's memory can be read, not written; of user memory, take bpf_probe_write_user(). What was "
		"submitted to a ring buffer is gone.";
	const char *instruction;
	unsigned long insn;

	if (verifier_log_past_stack(log))
		return " It is past the end of a variable on the stack: the index or size is too large.";
	if (strstr(log, "invalid bpf_context access") && verifier_log_last_words(log, &instruction, &insn) &&
		instruction && verifier_log_is_store(instruction))
		return " The context cannot be changed there: copy what is needed into a variable.";
	if ((strstr(log, "invalid mem access 'scalar'") || strstr(log, "invalid mem access 'inv'")) &&
		verifier_log_last_words(log, &instruction, &insn) && instruction &&
		verifier_log_is_store(instruction))
		return write;
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		if (strstr(log, hints[i].said))
			return hints[i].hint;
	return "";
}
