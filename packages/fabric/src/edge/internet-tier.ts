/** The tier of switches that are the internet: hosts at them are outside of every region. */
export const INTERNET_TIER = 'internet'
