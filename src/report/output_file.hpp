#pragma once

#include <string>

namespace gilscale {

/// Throws UsageError if `path` cannot be written, before hours of measuring are spent.
void check_writable(const std::string& path);

/// Whether both paths lead to one regular file, or would. What is not a regular file (/dev/stdout,
/// a pipe) takes several texts one after the other.
bool same_file(const std::string& path, const std::string& other);

/// Replaces the file at once: a reader sees the old text or the new one, never a part. What is no
/// regular file (/dev/stdout, a pipe) is written to directly. Throws Error.
void write_atomically(const std::string& path, const std::string& text);

}  // namespace gilscale
