// isp/io/lens_database.h - lens corrections out of lensfun's database (LGPL-3; Debian's liblensfun-data-v1).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "isp/frame.h"
#include "isp/lens_correction.h"

namespace argent {

/// Loaded once; may be asked by several threads.
class LensDatabase {
 public:
  /// Throws Error when there is no database.
  LensDatabase();
  ~LensDatabase();
  LensDatabase(const LensDatabase&) = delete;
  LensDatabase& operator=(const LensDatabase&) = delete;

  /// The correction at the frame's focal length and aperture, when that is certain: the frame's camera is in the database, and so is a lens
  /// of exactly the name that the frame says, or the one lens that is part of the camera. nullptr otherwise, and where the database knows
  /// nothing of the lens at that focal length.
  std::shared_ptr<const LensCorrection> find(const RawFrame& frame) const;

  /// The lens that somebody named. `focal_length` in mm is for frames that don't say theirs. Throws Error, with what is like it, for a name
  /// that no one lens of the frame's camera has, a camera that is not known, or no focal length.
  std::shared_ptr<const LensCorrection> find(const RawFrame& frame, std::string_view name, float focal_length = 0) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace argent
