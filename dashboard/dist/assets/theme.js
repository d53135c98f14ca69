// Sets the colours before the first paint. It stands alone because it must not
// wait for the application.
try {
  const theme = localStorage.getItem('seriatim.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Without storage the system's colours hold.
}
