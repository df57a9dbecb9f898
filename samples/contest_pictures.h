// samples/contest_pictures.h - what the simulated camera saw at a few telling frames of a run, as small pictures.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "calibration/contest/contest.h"

namespace argent {

struct TellingFrame {
  int frame = 0;
  std::string why;  ///< "the light changes", "settled", ..
};

/// The first and the last one, and those in between at which something happened; by rising frame, at most kMostPictures.
std::vector<TellingFrame> telling_frames(const Run& run);
inline constexpr std::size_t kMostPictures = 6;

struct Thumbnail {
  TellingFrame frame;
  std::vector<unsigned char> jpeg;  ///< the file's bytes
};

/// The run once more on the camera with pixels, by the same decisions, each picture rendered as its own frame's decision says.
/// Throws Error.
std::vector<Thumbnail> thumbnails_of(const Run& run);

std::string base64(std::span<const unsigned char> bytes);

}  // namespace argent
