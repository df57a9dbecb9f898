// isp/io/picture_readers.h - private: one reader a format, behind load_picture(). Each throws Error without the file's path.
#pragma once

#include <cstdio>
#include <filesystem>
#include <span>
#include <vector>

#include "isp/io/picture_file.h"

namespace argent {

/// A file that is open for reading, at its first byte.
struct PictureSource {
  const std::filesystem::path& path;
  std::FILE* file = nullptr;
  long long size = 0;  ///< bytes
};

/// Throws Error when nobody has pictures of that size, or so many pixels can't lie in so few bytes.
Size checked_size(long long width, long long height, long long file_size);

/// Throws Error beyond 16 MB.
void check_profile_size(std::size_t bytes);

/// Of an EXIF block without its "Exif\0\0"; kNormal when it says nothing.
Orientation orientation_of_exif(std::span<const unsigned char> tiff);

LoadedPicture read_png(const PictureSource& source);
LoadedPicture read_jpeg(const PictureSource& source);
LoadedPicture read_tiff(const PictureSource& source);
LoadedPicture read_pnm(const PictureSource& source);

}  // namespace argent
