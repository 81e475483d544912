/* SPDX-License-Identifier: Apache-2.0 */
/* What the options that all tools have (standard_options.c) said. */
#ifndef TOOLS_LIB_SETTINGS_H
#define TOOLS_LIB_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "hist_percentiles.h"

struct settings {
	/* output */
	int format;		 /* enum writer_format */
	const char *columns;	 /* NULL: those of the tool */
	char *column_changes;	 /* of other options, separated by blanks; owned */
	const char *filter;	 /* NULL: none */
	const char *sort;	 /* NULL: the tool's own order */
	uint64_t rows;		 /* 0: all */
	const char *output_file; /* NULL: stdout */
	bool no_header;
	bool no_clear;			     /* no screen, even on a terminal */
	bool count_same;		     /* events of equal rows are counted: same_rows.h */
	struct hist_percentiles percentiles; /* of histograms */
	bool heatmap;
	const char *picture;   /* a file for the histograms; NULL: none */
	int time_format;       /* enum clock_format; -1: that of the format */
	int table_time_format; /* the same for tables, of the tool */
	/* running */
	uint64_t duration;	  /* nanoseconds; 0: until a signal */
	uint64_t interval, count; /* seconds; 0: until the end */
	uint64_t pages;		  /* of the event buffer, for each CPU */
	bool verbose, describe;
	bool dump_text;	    /* and do nothing else */
	bool print_text;    /* before anything else */
	bool perf_buffers;  /* even where there are ring buffers */
	const char *source; /* only those whose names have it; NULL: any */
	unsigned debug;	    /* enum bcc_debug */
	/* filters */
	const char *cgroup_map, *mntns_map;
	bool include_self; /* events of the tool itself count */
	char **command;	   /* NULL: none */
};

extern struct settings settings;

/* An option of some of BCC's tools. */
#define SETTINGS_OPTION_PRINT_TEXT(letter)                                                                   \
	OPTION_FLAG(letter, "debug", "print the BPF text first", .value = &settings.print_text)

#endif
