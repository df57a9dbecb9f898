#include "samples/pipeline_shelf.h"

#include <algorithm>

namespace argent {

std::shared_ptr<const Pipeline> PipelineShelf::get(const std::string& key, const PipelineParams& params) {
  constexpr std::size_t kMost = 8;  // each keeps its pictures' memory for the next
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.key == key; });
  Kept kept = found != kept_.end() ? *found : Kept{key, std::make_shared<const Pipeline>(params)};
  if (found != kept_.end()) kept_.erase(found);
  kept_.push_front(kept);
  if (kept_.size() > kMost) kept_.pop_back();
  return kept.pipeline;
}

}  // namespace argent
