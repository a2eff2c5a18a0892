// Blocks of just their size, with a page that nobody may touch on the side where the last access would go wrong.
//
// Blocks end, or every other one begins, at the forbidden page: one element too far ends the program. AddressSanitizer knows the
// ends of ordinary blocks on both sides, so under it they are ordinary.
#pragma once
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <random>
#include <utility>

#if (defined(__unix__) || defined(__APPLE__)) && !defined(__SANITIZE_ADDRESS__)
#define CONVSTEP_GUARD_PAGES
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "../kernels/common.hpp"

namespace driver {

using convstep::Index;

template <class T> class Data {
 public:
  explicit Data(Index n) {
#if defined(CONVSTEP_GUARD_PAGES)
    static std::atomic<unsigned> count{0};
    const std::size_t page = std::size_t(sysconf(_SC_PAGESIZE)), bytes = std::size_t(n) * sizeof(T);
    const std::size_t inside = (bytes + page - 1) / page * page;
    mapped_ = inside + page;
    block_ = static_cast<char*>(mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0));
    if (block_ == MAP_FAILED) throw std::bad_alloc();
    const bool guard_below = ++count % 2 == 0;
    if (mprotect(guard_below ? block_ : block_ + inside, page, PROT_NONE) != 0) std::perror("mprotect"), std::abort();
    data_ = reinterpret_cast<T*>(guard_below ? block_ + page : block_ + inside - bytes);
#else
    data_ = new T[std::size_t(n)];
#endif
  }
  ~Data() {
#if defined(CONVSTEP_GUARD_PAGES)
    if (block_) munmap(block_, mapped_);
#else
    delete[] data_;
#endif
  }
  Data(Data&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), block_(std::exchange(other.block_, nullptr)), mapped_(other.mapped_) {}
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;

  T* get() const { return data_; }
  T& operator[](Index i) const { return data_[i]; }

 private:
  T* data_;
  char* block_ = nullptr;
  std::size_t mapped_ = 0;
};

template <class T> Data<T> random_data(Index n, std::mt19937& random) {
  Data<T> data(n);
  std::normal_distribution<T> normal;
  for (Index i = 0; i < n; i++) data[i] = normal(random);
  return data;
}

}  // namespace driver
