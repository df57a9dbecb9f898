#include "samples/live/avi_file.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace argent {
namespace {

using Bytes = std::string;

constexpr std::string_view kFrame = "00dc", kJpeg = "MJPG";
constexpr std::uint32_t kHasIndex = 0x10;  // AVIF_HASINDEX
constexpr std::uint32_t kKeyFrame = 0x10;  // AVIIF_KEYFRAME
constexpr std::size_t kIndexEntry = 16, kChunkHead = 8;

void append(Bytes& bytes, std::string_view name) { bytes += name; }
void append(Bytes& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(value >> shift & 0xff));
}
void append(Bytes& bytes, std::initializer_list<std::uint32_t> values) {
  for (const std::uint32_t value : values) append(bytes, value);
}
std::uint32_t in_two_words(int low, int high) { return static_cast<std::uint32_t>(low & 0xffff) | static_cast<std::uint32_t>(high) << 16; }

/// A chunk, or with `list` a list of that name.
Bytes chunk(std::string_view name, const Bytes& content, std::string_view list = {}) {
  Bytes out;
  append(out, name);
  append(out, static_cast<std::uint32_t>(content.size() + list.size()));
  return out.append(list).append(content);
}

}  // namespace

AviFile::AviFile(const std::filesystem::path& path, Size size, FrameRate rate, Overwrite overwrite)
    : file_(path, overwrite), size_(size), rate_(rate) {
  put(head());
}

Bytes AviFile::head() const {
  const auto width = static_cast<std::uint32_t>(size_.width), height = static_cast<std::uint32_t>(size_.height);
  const auto frames = static_cast<std::uint32_t>(chunks_.size());
  const auto microseconds = static_cast<std::uint32_t>(std::int64_t{1'000'000} * rate_.denominator / rate_.numerator);
  Bytes main;  // MainAVIHeader: time of a frame, most bytes a second, alignment, flags, frames, of which sound, streams, buffer, size,
               // reserved
  append(main, {microseconds, 0, 0, kHasIndex, frames, 0, 1, largest_chunk_, width, height, 0, 0, 0, 0});
  Bytes
      stream;  // AVIStreamHeader: flags, priority, sound, scale, rate, start, length, buffer, quality (-1: default), sample size, rectangle
  append(stream, "vids");
  append(stream, kJpeg);
  append(stream, {0, 0, 0, static_cast<std::uint32_t>(rate_.denominator), static_cast<std::uint32_t>(rate_.numerator), 0, frames,
                  largest_chunk_, 0xffffffff, 0, 0, in_two_words(size_.width, size_.height)});
  Bytes format;  // BITMAPINFOHEADER: its size, width, height, planes and bits, compression, bytes, resolution, colors
  append(format, {40, width, height, in_two_words(1, 24)});
  append(format, kJpeg);
  append(format, {3 * width * height, 0, 0, 0, 0});
  const Bytes headers = chunk("LIST", chunk("avih", main) + chunk("LIST", chunk("strh", stream) + chunk("strf", format), "strl"), "hdrl");
  Bytes out;
  append(out, "RIFF");
  const std::size_t index = chunks_.empty() ? 0 : kChunkHead + kIndexEntry * chunks_.size();
  append(out, static_cast<std::uint32_t>(4 + headers.size() + kChunkHead + movie_bytes_ + index));
  append(out, "AVI ");
  append(out, headers);
  append(out, "LIST");
  append(out, static_cast<std::uint32_t>(movie_bytes_));
  append(out, "movi");
  return out;
}

void AviFile::put(const Bytes& bytes) {
  if (!file_.write(bytes.data(), bytes.size())) file_.check();
}

bool AviFile::is_full(std::size_t jpeg_bytes) const {
  return movie_bytes_ + jpeg_bytes + kIndexEntry * (chunks_.size() + 1) + 4096 > kLargest;
}

void AviFile::add(std::span<const unsigned char> jpeg) {
  const auto size = static_cast<std::uint32_t>(jpeg.size());
  Bytes head;
  append(head, kFrame);
  append(head, size);
  put(head);
  file_.write(jpeg.data(), jpeg.size());
  if (size % 2 != 0) file_.write("", 1);  // chunks begin on even bytes
  file_.check();
  chunks_.push_back({static_cast<std::uint32_t>(movie_bytes_), size});  // counted from the list's name
  movie_bytes_ += kChunkHead + size + size % 2;
  largest_chunk_ = std::max(largest_chunk_, size);
}

void AviFile::close() {
  Bytes index;
  for (const Chunk& frame : chunks_) {
    append(index, kFrame);
    append(index, {frame.size > 0 ? kKeyFrame : 0, frame.offset, frame.size});
  }
  put(chunk("idx1", index));
  file_.seek(0, SEEK_SET);
  put(head());
  file_.check();
  file_.commit();
}

}  // namespace argent
