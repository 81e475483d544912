/* SPDX-License-Identifier: Apache-2.0 */
#include "limits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "channel.h"
#include "common/array.h"
#include "common/limit_text.h"

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true /* the sanitizer reserves all addresses, and has handlers of its own */
#else
#define IS_SANITIZED false
#endif

/* Allowance for mapped files (the program itself, BTF, headers) and the stack, beside allocated memory. */
#define OTHER_MEMORY (1UL << 30)
/* A fault this close to the stack pointer is a stack overflow: frames can be large. */
#define STACK_REACH (1UL << 20)

static const struct {
	int number;
	const char *name;
} crashes[] = {
	{SIGSEGV, "SIGSEGV"},
	{SIGBUS, "SIGBUS"},
	{SIGILL, "SIGILL"},
	{SIGFPE, "SIGFPE"},
	{SIGABRT, "SIGABRT"},
	{SIGTRAP, "SIGTRAP"},
	{SIGSYS, "SIGSYS"},
};

/* Complete frames, prepared while there is memory and nothing is broken. */
static struct last_words {
	struct bcc_bytes crash[ARRAY_SIZE(crashes)];
	struct bcc_bytes nesting, memory, time;
} words;

void bcc_limits_reset_signals(void)
{
	const struct sigaction standard = {.sa_handler = SIG_DFL}, ignored = {.sa_handler = SIG_IGN};
	sigset_t blocked;

	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &standard, NULL);
	sigaction(SIGPIPE, &ignored, NULL);
	sigaction(SIGXFSZ, &ignored, NULL);
	sigfillset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigdelset(&blocked, crashes[i].number);
	sigdelset(&blocked, SIGXCPU);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

static uintptr_t stack_pointer_of(const ucontext_t *context)
{
#if defined(__x86_64__)
	return context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
	return context->uc_mcontext.sp;
#endif
}

static void limits_say(const struct bcc_bytes *frame)
{
	bcc_channel_last_words(frame->data, frame->size);
}

static void on_crash(int signal, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr, stack = stack_pointer_of(context);

	if (signal == SIGSEGV && info->si_code > 0 && at + STACK_REACH > stack && at < stack + STACK_REACH)
		limits_say(&words.nesting);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		if (crashes[i].number == signal)
			limits_say(&words.crash[i]);
	_exit(1);
}

static void on_time(int signal)
{
	limits_say(&words.time);
}

void bcc_limits_no_memory(void)
{
	limits_say(&words.memory);
	_exit(1);
}

/* Lowers a limit, but never raises one that the process was given. Returns the limit in force. */
static uint64_t limits_lower(int resource, uint64_t to)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return RLIM_INFINITY;
	if (to < limit.rlim_cur) {
		limit.rlim_cur = to;
		setrlimit(resource, &limit);
	}
	return limit.rlim_cur;
}

static void limits_prepare_words(
	const struct bcc_wire_limits *limits, uint64_t inherited, uint64_t inherited_seconds)
{
	char sentence[256], text[32];

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++) {
		snprintf(sentence, sizeof(sentence), "the compiler crashed (%s)", crashes[i].name);
		bcc_wire_put_result(&words.crash[i], -EIO, sentence, NULL, 0);
	}
	bcc_wire_put_result(
		&words.nesting, -EINVAL, "the text is nested too deeply for the compiler", NULL, 0);
	if (inherited < limits->memory)
		snprintf(sentence, sizeof(sentence),
			"the compiler needed more memory than this process may have (ulimit -v or -d: %s)",
			bcc_memory_text(inherited, text, sizeof(text)));
	else
		snprintf(sentence, sizeof(sentence), "the compiler needed more than %s of memory",
			bcc_memory_text(limits->memory, text, sizeof(text)));
	bcc_wire_put_result(&words.memory, -ENOMEM, sentence, NULL, 0);
	if (inherited_seconds < limits->time / 1000)
		snprintf(sentence, sizeof(sentence),
			"the compiler needed more CPU time than this process may have (ulimit -t: %lu s)",
			(unsigned long)inherited_seconds);
	else
		snprintf(sentence, sizeof(sentence), "the compiler needed more than %s",
			bcc_time_text(limits->time, text, sizeof(text)));
	bcc_wire_put_result(&words.time, -ETIMEDOUT, sentence, NULL, 0);
}

static void limits_handle_signals(void)
{
	static char stack[32768] __attribute__((aligned(16)));
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
	struct sigaction action = {
		.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND};

	sigfillset(&action.sa_mask);
	sigaltstack(&other, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i].number, &action, NULL);
	action.sa_handler = on_time;
	action.sa_flags = SA_ONSTACK;
	sigaction(SIGXCPU, &action, NULL);
}

/* The waiting process measures elapsed time; this is for when that process is stopped, or died unnoticed.
 * Returns the previous limit, in seconds. */
static uint64_t limits_lower_time(uint64_t milliseconds)
{
	struct rlimit limit;
	rlim_t seconds = milliseconds / 1000 + 2;

	uint64_t before;

	if (getrlimit(RLIMIT_CPU, &limit))
		return RLIM_INFINITY;
	before = limit.rlim_cur;
	if (milliseconds == UINT64_MAX)
		return before;
	if (seconds < limit.rlim_cur)
		limit.rlim_cur = seconds;
	if (seconds + 1 < limit.rlim_max)
		limit.rlim_max = seconds + 1;
	setrlimit(RLIMIT_CPU, &limit);
	return before;
}

void bcc_limits_apply(const struct bcc_wire_limits *limits)
{
	const struct rlimit none = {0, 0};
	uint64_t inherited, mapped, seconds;

	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &none);
	if (IS_SANITIZED) {
		limits_prepare_words(limits, UINT64_MAX, UINT64_MAX);
		return;
	}
	inherited = limits_lower(RLIMIT_DATA, limits->memory);
	mapped = limits->memory < UINT64_MAX - OTHER_MEMORY ? limits->memory + OTHER_MEMORY : UINT64_MAX;
	mapped = limits_lower(RLIMIT_AS, mapped);
	seconds = limits_lower_time(limits->time);
	limits_prepare_words(limits, mapped < inherited ? mapped : inherited, seconds);
	limits_handle_signals();
}
