/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "dwarf_inlined.h"
#include "dwarf_process.h"
#include "dwarf_reader.h"
#include "dwarf_signature.h"
#include "dwarf_unwind.h"
#include "dwarf_wire.h"
#include "libdw.h"

enum { SOCKET = 3, CPU_SECONDS = 10, MEMORY = 2 << 20 /* kilobytes */ };

/* Files of others are read here: whatever is wrong with them ends this process and not the tool. */
static void dwarf_reader_confine(int socket)
{
	const struct rlimit no_core = {0};
	struct rlimit limit;
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "bcc-dwarf");
	/* the tool's end is this process's end; Ctrl-C is the tool's business */
	for (int number = 1; number < NSIG; number++)
		signal(number, number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGPIPE
				       ? SIG_IGN
				       : SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
	if (socket != SOCKET)
		dup2(socket, SOCKET);
	/* what the tool has opened, in the kernel too, must not live longer than the tool */
	close_range(SOCKET + 1, ~0U, 0);
	setrlimit(RLIMIT_CORE, &no_core);
#ifndef __SANITIZE_ADDRESS__
	limit.rlim_cur = limit.rlim_max = (rlim_t)MEMORY << 10;
	setrlimit(RLIMIT_DATA, &limit);
#endif
	/* libdw keeps the files of processes open */
	if (!getrlimit(RLIMIT_NOFILE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	/* nothing is fetched from the network */
	unsetenv("DEBUGINFOD_URLS");
}

/* A damaged file may keep libdw busy for ever: SIGPROF ends the process. */
static void dwarf_reader_limit_time(int seconds)
{
	const struct itimerval limit = {.it_value.tv_sec = seconds};

	setitimer(ITIMER_PROF, &limit, NULL);
}

static void dwarf_reader_answer(
	const struct libdw *dw, const struct dwarf_request *request, const char *bytes)
{
	static struct dwarf_answer answer;
	struct dwarf_process *p;

	answer.count = answer.size = 0;
	answer.end = DWARF_END_NO_RULE;
	dwarf_reader_limit_time(CPU_SECONDS);
	p = request->question == DWARF_SIGNATURE
		    ? NULL
		    : dwarf_process_get(dw, &request->owner, request->question == DWARF_SEE);
	if (request->question == DWARF_SIGNATURE)
		dwarf_signature_find(dw, bytes, request->size, &answer);
	else if (p && request->question == DWARF_INLINED)
		dwarf_inlined_find(dw, p, request->address, &answer);
	else if (p && request->question == DWARF_UNWIND)
		dwarf_unwind(dw, p, request, bytes, &answer);
	dwarf_reader_limit_time(0);
	if (send(SOCKET, &answer, offsetof(struct dwarf_answer, bytes) + answer.size, 0) < 0)
		_exit(EXIT_FAILURE);
}

void dwarf_reader_run(int socket)
{
	static struct {
		struct dwarf_request request;
		char bytes[1 << 16];
	} packet;
	const struct libdw *dw = libdw_load();
	ssize_t size;

	dwarf_reader_confine(socket);
	while (dw) {
		size = recv(SOCKET, &packet, sizeof(packet), 0);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < (ssize_t)sizeof(packet.request) ||
			size - sizeof(packet.request) != packet.request.size)
			break;
		dwarf_reader_answer(dw, &packet.request, packet.bytes);
	}
	_exit(EXIT_SUCCESS);
}
