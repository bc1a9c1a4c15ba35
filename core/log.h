/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines on standard error: time, level, program, message id, then key=value.
 * The message id is stable and the first word of the format:
 *     log_info("spool-opened rows=%" PRIu64, rows);
 * Nothing secret, and no person's name or address, is ever passed in.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

enum log_level { LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Once, from main. `program` must outlive the process. */
void log_open(const char *program, enum log_level level);

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Adds the text of errno. */
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Log, then exit 1: for a daemon that must not go on (a failed commit). */
__attribute__((noreturn, format(printf, 1, 2))) void fatal(
    const char *format, ...);
__attribute__((noreturn, format(printf, 1, 2))) void fatalx(
    const char *format, ...);

#endif
