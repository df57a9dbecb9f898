// isp/io/stage_folder.h - the stages of one picture as files to look at.
//
//   StageFolder folder("stages");
//   pipeline.render(frame, controls, folder);
//   std::cout << folder.finish();
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "isp/stage_sink.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

/// One PNG of 16 bits a stage, upright, all of the picture's area. The name says the place, the numbers' domain and how they are shown:
///   01_mosaic_codes_x16.png                            sensor codes, times 16 (PNG's gAMA says linear)
///   05_demosaiced_linear_camera_shown_srgb.png         light, clipped at 0 and 1, with sRGB's function so that an eye sees something
///   15_picture_srgb.png                                codes as they are
/// Numbers belong to stages: one that is left out leaves a gap. stages.txt is a table of all: least, mean and largest value of each color
/// in true units (codes; light, not clipped; encoded 0..1), and why a stage has no picture.
class StageFolder : public StageSink {
 public:
  /// Makes the folder when it is missing. Throws Error when there is something in it: old stages among new ones would mislead.
  explicit StageFolder(std::filesystem::path folder);

  /// Throws Error when the file cannot be written.
  void take(const StagePicture& picture) override;
  void leave_out(RenderStage stage, std::string_view why) override;

  /// Writes stages.txt and returns what is in it. Throws Error.
  std::string finish() const;

 private:
  std::filesystem::path folder_;
  BufferPool pool_;
  std::vector<std::array<std::string, 7>> rows_;  ///< file, size, color, least, mean, largest, unit; or stage and why not
};

}  // namespace argent
