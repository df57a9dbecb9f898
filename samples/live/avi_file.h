// samples/live/avi_file.h - MJPEG in AVI: a video that plays everywhere and costs little to encode.
//
// Source: "AVI RIFF File Reference" (Microsoft), with the index idx1; OpenDML's extensions for larger files are not used: a file ends
// before kLargest, and the caller begins another.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "isp/geometry.h"
#include "models/runtime/output_file.h"
#include "samples/live/constant_rate.h"

namespace argent {

class AviFile {
 public:
  static constexpr std::uint64_t kLargest = 1'900'000'000;  ///< bytes; readers with 31 bits exist

  /// Throws Error as OutputFile does.
  AviFile(const std::filesystem::path& path, Size size, FrameRate rate, Overwrite overwrite);

  /// The next frame. Throws Error: the disk is full.
  void add(std::span<const unsigned char> jpeg);
  /// One more frame that shows what the last one shows: an empty chunk.
  void repeat() { add({}); }
  /// Whether a frame of so many bytes would make it too large.
  bool is_full(std::size_t jpeg_bytes) const;

  /// Writes index and sizes and gives the file its name. Without it nothing stays. Throws Error.
  void close();

  std::size_t frames() const { return chunks_.size(); }

 private:
  struct Chunk {
    std::uint32_t offset, size;
  };
  std::string head() const;
  void put(const std::string& bytes);

  OutputFile file_;
  Size size_;
  FrameRate rate_;
  std::vector<Chunk> chunks_;
  std::uint64_t movie_bytes_ = 4;  ///< of the list of frames, with its name
  std::uint32_t largest_chunk_ = 0;
};

}  // namespace argent
