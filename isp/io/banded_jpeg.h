// isp/io/banded_jpeg.h - a JPEG of a picture that comes in bands, each compressed while the next is being rendered.
//
//   BandedJpeg jpeg(path, pipeline.output_size(frame), options, &frame);
//   pipeline.render_in_bands(frame, controls, [&](Image band) { jpeg.take(std::move(band)); });
//   jpeg.finish();
#pragma once

#include <filesystem>
#include <memory>

#include "isp/frame.h"
#include "isp/image.h"
#include "isp/io/image_file.h"

namespace argent {

/// The same file as save_image() writes, byte for byte: jpeg_writer.cpp makes both. Without finish() nothing is left behind.
class BandedJpeg {
 public:
  /// Throws Error as save_image().
  BandedJpeg(const std::filesystem::path& path, Size size, const SaveOptions& options, const RawFrame* frame = nullptr);
  ~BandedJpeg();
  BandedJpeg(const BandedJpeg&) = delete;
  BandedJpeg& operator=(const BandedJpeg&) = delete;

  /// Returns while the rows are being compressed on a thread of their own. Throws Error: of this band, what save_image() would of a
  /// picture; of those before, the disk's; more rows than the size has, or another width or format than the first band's.
  void take(Image band);

  /// Throws Error: rows lack, or as save_image().
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent
