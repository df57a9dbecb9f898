// samples/lens_shelf.h - lens corrections as `argent develop --lens` asks for them; the database is loaded when the first photo needs it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "isp/io/lens_database.h"

namespace argent {

/// What is known of a photo's lens, and a line for what is missing.
struct FoundLens {
  std::shared_ptr<const LensCorrection> correction;
  std::optional<std::string> note;
};

/// Several threads may ask at once.
class LensShelf {
 public:
  /// `lens`: off, auto (what the file says, if the database knows it with certainty) or a name. `focal_length` in mm, where the file says
  /// none; 0: not known. Throws Error for a name that is not one lens of the frame's camera.
  FoundLens find(const RawFrame& frame, const std::string& lens, float focal_length);

 private:
  const LensDatabase& database();

  std::once_flag loaded_;
  std::unique_ptr<const LensDatabase> database_;
};

}  // namespace argent
