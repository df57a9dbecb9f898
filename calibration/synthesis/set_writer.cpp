#include <mutex>
#include <system_error>

#include "calibration/synthesis/synthetic_set.h"
#include "isp/io/dng_writer.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "models/runtime/parallel.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char *kLabels = "set.yaml", *kTruth = "truth.yaml";

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directory(folder, error);
  if (error) throw Error(folder.string(), ": ", error.message());
  if (!fs::is_directory(folder, error)) throw Error(folder.string(), ": is no folder");
}

/// Before the work, not after half of it.
void expect_none(const SyntheticSet& set, const fs::path& folder) {
  const auto expect_no = [&](const std::string& name) {
    std::error_code error;
    if (fs::exists(folder / name, error)) throw Error((folder / name).string(), ": exists already");
  };
  for (const SyntheticCapture& capture : set.captures) expect_no(capture.file);
  for (const char* name : {kLabels, kTruth}) expect_no(name);
}

}  // namespace

void write_set(const SyntheticSet& set, const fs::path& folder, const SetWriting& writing) {
  make_folder(folder);
  if (writing.overwrite == Overwrite::kNo) expect_none(set, folder);
  BufferPool pool;
  std::mutex mutex;
  std::size_t finished = 0;
  parallel_for(pool, writing.threads, static_cast<std::int64_t>(set.captures.size()), 1, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t i = first; i < end; i++) {
      const SyntheticCapture& capture = set.captures[static_cast<std::size_t>(i)];
      DngOptions options;
      options.overwrite = writing.overwrite;
      save_dng(frame_of(set, capture), folder / capture.file, options);
      const std::lock_guard lock(mutex);
      finished++;
      if (writing.progress) writing.progress(finished);
    }
  });
  write_file(folder / kTruth, truth_text(set), writing.overwrite);
  write_file(folder / kLabels, label_text(set), writing.overwrite);
}

}  // namespace argent
