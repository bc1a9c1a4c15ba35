/* SPDX-License-Identifier: Apache-2.0 */
#include "core/http_say.h"

#include <stdio.h>
#include <string.h>

const char *const http_headers[][2] = {
    {"Connection", "close"},
    {"Cache-Control", "no-store"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"X-Robots-Tag", "noindex, nofollow"},
    {NULL, NULL},
};

static const struct http_refusal refusals[] = {
    {400, "Bad Request", "Permintaan tidak dapat dibaca.",
	"The request cannot be read."},
    {404, "Not Found", "Halaman itu tidak ada.", "There is no such page."},
    {405, "Method Not Allowed", "Cara itu tidak berlaku untuk halaman ini.",
	"That method does not apply to this page."},
    {411, "Length Required", "Panjang isi (Content-Length) harus disebut.",
	"The length of the body (Content-Length) must be given."},
    {413, "Content Too Large", "Isi permintaan terlalu besar.",
	"The body of the request is too large."},
    {414, "URI Too Long", "Alamat halaman terlalu panjang.",
	"The address of the page is too long."},
    {417, "Expectation Failed", "Kirimlah tanpa kepala Expect.",
	"Send it without an Expect header."},
    {421, "Misdirected Request",
	"Server ini tidak melayani nama itu (kepala Host).",
	"This server does not answer to that name (Host header)."},
    {431, "Request Header Fields Too Large", "Kepala permintaan terlalu besar.",
	"The head of the request is too large."},
    {501, "Not Implemented", "Cara itu tidak dikenal di sini.",
	"That method or coding is not known here."},
    {505, "HTTP Version Not Supported", "Pakailah HTTP/1.1.", "Use HTTP/1.1."},
};

const struct http_refusal *
http_refusal(unsigned status)
{
	unsigned n = 0;

	while (refusals[n].status != status) {
		n++;
		CHECK(n < sizeof refusals / sizeof refusals[0]);
	}
	return &refusals[n];
}

void
http_policy(char policy[HTTP_POLICY_MAX], const char *style_hash)
{
	bool has_style = style_hash != NULL;
	int len = snprintf(policy, HTTP_POLICY_MAX,
	    "default-src 'none'; %s%s%sform-action 'self'; "
	    "frame-ancestors 'none'; base-uri 'none'",
	    has_style ? "style-src '" : "", has_style ? style_hash : "",
	    has_style ? "'; " : "");

	CHECK(len > 0 && len < HTTP_POLICY_MAX);
}

void
http_no_put(struct text_buf *out, const struct http_no *no)
{
	const struct http_refusal *refusal = http_refusal(no->status);
	char policy[HTTP_POLICY_MAX];

	http_policy(policy, NULL);
	text_buf_add(out,
	    "HTTP/1.1 %u %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Security-Policy: %s\r\n",
	    no->status, refusal->reason, policy);
	for (unsigned i = 0; http_headers[i][0] != NULL; i++)
		text_buf_add(
		    out, "%s: %s\r\n", http_headers[i][0], http_headers[i][1]);
	if (no->allow != NULL)
		text_buf_add(out, "Allow: %s\r\n", no->allow);
	text_buf_add(out, "Content-Length: %zu\r\n\r\n",
	    strlen(refusal->id) + strlen(refusal->en) + 2);
	if (!no->is_head)
		text_buf_add(out, "%s\n%s\n", refusal->id, refusal->en);
}
