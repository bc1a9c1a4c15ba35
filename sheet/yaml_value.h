/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values that rules, campaigns and offices have in common, read from texts
 * of a YAML file. Each refuses its text with a sentence and returns
 * ERR_INVALID.
 */
#ifndef SHEET_YAML_VALUE_H
#define SHEET_YAML_VALUE_H

#include "sheet/yaml_file.h"
#include "model/catalog.h"
#include "model/event.h"

/* Of several values that were each looked at: OK if all are. */
enum err yaml_all(const enum err *errs, size_t count) MUST_CHECK;

/* Capitals, digits and . _ - */
enum err yaml_code(
    struct yaml_file *file, const char *at, char to[CODE_MAX]) MUST_CHECK;
/* Small letters, digits and . _ / + - */
enum err yaml_word(
    struct yaml_file *file, const char *at, char to[WORD_MAX]) MUST_CHECK;
enum err yaml_name(
    struct yaml_file *file, const char *at, char to[NAME_MAX_BYTES]) MUST_CHECK;
/* A word of a catalog. */
enum err yaml_choice(struct yaml_file *file, const char *at,
    enum catalog catalog, uint32_t *number) MUST_CHECK;
/* The same of the first `max` numbers only. */
enum err yaml_choice_of(struct yaml_file *file, const char *at,
    enum catalog catalog, uint32_t max, uint32_t *number) MUST_CHECK;
enum err yaml_wilayah(
    struct yaml_file *file, const char *at, char to[WILAYAH_MAX]) MUST_CHECK;
enum err yaml_number(struct yaml_file *file, const char *at, uint32_t min,
    uint32_t max, uint32_t *number) MUST_CHECK;
/* "80%", "80", "12.5%": above 0 and at most 100; in basis points. */
enum err yaml_percent(
    struct yaml_file *file, const char *at, uint32_t *bp) MUST_CHECK;
/* "36h", "3d": at most `max_ms`. */
enum err yaml_duration(struct yaml_file *file, const char *at, uint64_t max_ms,
    uint64_t *ms) MUST_CHECK;
/* "2024-11-27" */
enum err yaml_day(
    struct yaml_file *file, const char *at, uint32_t *day) MUST_CHECK;
/* "2024-10-04 16:00" in a zone of `hours`. */
enum err yaml_time(
    struct yaml_file *file, const char *at, int hours, uint64_t *ms) MUST_CHECK;

#endif
