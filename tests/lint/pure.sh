#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# model/, trust/ and judge/ are functions of their arguments: no input or
# output, no clock, no chance, no floating point, no order that depends on
# addresses, no log. So a replay decides the same on any machine.
. "$(dirname "$0")/tree.sh"

pure=$(c_files | grep -E '^(model|trust|judge)/')
[ -n "$pure" ] || verdict

findings_of 'not in a pure folder' < <(includes $pure | grep -E \
    -e ':<(time|unistd|fcntl|dirent|poll|netdb|signal|search|math|float)\.h>' \
    -e ':<(fenv|complex|tgmath|pthread|stdatomic|locale|ftw|glob)\.h>' \
    -e ':<(sys|netinet|net|arpa|linux|event2|glib)[-/]' \
    -e ':"core/(loop|log|db|link|conf|stat|http)\.h"')

word()
{
	code $pure | grep -E "(^|[^A-Za-z0-9_])($1)([^A-Za-z0-9_]|\$)"
}

# A call of the C library, not of a member that has the same name.
call()
{
	code $pure | grep -E "(^|[^A-Za-z0-9_.>])($1)\\("
}
findings_of 'no floating point' < <(
    word 'float|double|strto(d|f|ld)|atof|[0-9]+\.[0-9]*|\.[0-9]+')
findings_of 'no clock' < <(call 'time|clock|clock_gettime|gettimeofday'
    word '(localtime|gmtime|mktime|timegm)(_r)?|strftime|ftime')
findings_of 'no chance' < <(call 's?rand|s?random|[dlm]rand48'
    word 'rand_r|arc4random[a-z_]*|getrandom|getentropy'
    word 'randombytes[a-z_]*|crypto_(sign|box|kx)_keypair|crypto_box_seal'
    word 'crypto_[a-z0-9_]*keygen')
findings_of 'no input or output' < <(
    word 'FILE|stdin|stdout|stderr|v?[fd]?printf|fopen|fread|fwrite|f?puts'
    word 'perror|getenv|syslog'
    call 'open|read|write|close|system|abort|exit')
findings_of 'no log' < <(word 'log_(debug|info|warnx?)|fatalx?')
findings_of 'no unordered iteration' < <(
    word '[ht](create|search|walk|delete|destroy)(_r)?|twalk|uthash')
verdict
